// Paths over resources, three-valued logic, the surroundings, limits.
#include "tests/unit/fhirpath/support.hpp"

#include <gtest/gtest.h>

#include <map>

namespace facet::fhirpath {
namespace {

const json::Document& Patient() {
  static const json::Document document = Document(R"({"resourceType":"Patient","id":"p1","active":true,
    "name":[{"use":"official","family":"Ash","given":["Ann","Bea"]},{"use":"usual","given":["Annie",null],
             "_given":[null,{"extension":[{"url":"http://u/x","valueCode":"masked"}]}]}],
    "birthDate":"1970-03","_birthDate":{"id":"b","extension":[{"url":"http://u/time","valueDateTime":"1970-03-05T10:00:00Z"}]},
    "_gender":{"extension":[{"url":"http://u/dar","valueCode":"unknown"}]},
    "generalPractitioner":[{"reference":"#gp"},{"reference":"Practitioner/9"}],
    "contained":[{"resourceType":"Practitioner","id":"gp","gender":"female"}],
    "multipleBirthInteger":2})");
  return document;
}

const json::Document& Score() {
  static const json::Document document = Document(R"({"resourceType":"Observation","id":"o1","status":"final",
    "code":{"coding":[{"system":"http://loinc.org","code":"72514-3"}]},"effectiveDateTime":"2026-03-05T10:00:00+01:00",
    "valueQuantity":{"value":7.0,"unit":"{score}","system":"http://unitsofmeasure.org","code":"{score}"},
    "component":[{"code":{"text":"rest"},"valueInteger":3},{"code":{"text":"activity"},"valueInteger":8},
                 {"code":{"text":"words"},"valueString":"bad"}]})");
  return document;
}

std::string P(std::string_view expression) { return Eval(expression, Patient().root()); }
std::string O(std::string_view expression) { return Eval(expression, Score().root()); }

TEST(Paths, MembersListsAndTypes) {
  EXPECT_EQ(P("name.given"), "Ann; Bea; Annie; {\"type\":\"FHIR.string\",\"value\":null}");
  EXPECT_EQ(P("Patient.name.where(use = 'official').family"), "Ash");
  EXPECT_EQ(P("name[1].given.count()"), "2");
  EXPECT_EQ(P("name[2]"), "{}");
  EXPECT_EQ(P("name[-1]"), "{}");
  EXPECT_EQ(P("id"), "p1");
  EXPECT_EQ(P("nothing.at.all"), "{}");
  EXPECT_EQ(P("resourceType"), "{}");
  EXPECT_EQ(P("Observation.status"), "{}");
  EXPECT_EQ(P("Resource.id | DomainResource.id"), "p1");
}

TEST(Paths, Choices) {
  EXPECT_EQ(O("value.value"), "7.0");
  EXPECT_EQ(O("value.ofType(Quantity).unit"), "{score}");
  EXPECT_EQ(O("value.ofType(string)"), "{}");
  EXPECT_EQ(O("component.value.ofType(integer)"), "3; 8");
  EXPECT_EQ(O("component.value.ofType(string)"), "bad");
  EXPECT_EQ(O("effective is dateTime"), "true");
  EXPECT_EQ(P("multipleBirth"), "2");
  EXPECT_EQ(O("valueQuantity.value"), "fhirpath.unknown @ 1:1");
  EXPECT_EQ(O("descendants().valueInteger"), "fhirpath.unknown @ 1:15");
}

TEST(Paths, ExtensionsOfPrimitives) {
  EXPECT_EQ(P("birthDate.extension('http://u/time').value"), "1970-03-05T10:00:00Z");
  EXPECT_EQ(P("birthDate.extension.url"), "http://u/time");
  EXPECT_EQ(P("birthDate.id"), "b");
  EXPECT_EQ(P("gender.extension.value"), "unknown");
  EXPECT_EQ(P("gender.hasValue()"), "false");
  EXPECT_EQ(P("gender.exists()"), "true");
  EXPECT_EQ(P("gender = 'male'"), "false");
  EXPECT_EQ(P("name.given.extension('http://u/x').value"), "masked");
  EXPECT_EQ(P("name.given.select(hasValue())"), "true; true; true; false");
  EXPECT_EQ(P("birthDate.getValue().type().namespace"), "System");
}

TEST(Paths, WithoutATypeJsonIsReadAsItIs) {
  const auto document = Document(R"({"when":"2026-03","valueString":"x","list":[1,2.5,true,null]})");
  EXPECT_EQ(Eval("value", document.root()), "x");
  EXPECT_EQ(Eval("list", document.root()), "1; 2.5; true");
  EXPECT_EQ(Eval("when < @2026-04", document.root()), "true");
  EXPECT_EQ(Eval("list[0] + list[1]", document.root()), "3.5");
  CompileOptions options;
  options.root_type = "HumanName";
  const auto name = Document(R"({"family":"Ash"})");
  Context context;
  context.focus = Item::Node(name.root(), fhir::TypeId::kHumanName);
  EXPECT_EQ(TextOf(Evaluate(*Compile("family.type().name", options), context)->items()), "string");
}

TEST(Types, HierarchyOfR4) {
  EXPECT_EQ(P("is(Patient) and is(DomainResource) and is(Resource) and is(Observation).not()"), "true");
  EXPECT_EQ(P("name.first() is Element"), "true");
  EXPECT_EQ(P("contained.first() is Practitioner"), "true");
  EXPECT_EQ(O("component.first().type().name"), "BackboneElement");
  EXPECT_EQ(O("component.first() is BackboneElement"), "true");
  EXPECT_EQ(O("status is code and status is string and (status is System.String).not()"), "true");
  EXPECT_EQ(O("status.type().namespace & '.' & status.type().name"), "FHIR.code");
  EXPECT_EQ(O("(component.value as integer)"), "fhirpath.evaluation @ 1:18");
}

TEST(Logic, HasThreeValues) {
  EXPECT_EQ(Eval("({} and false) | ({} or true).not()"), "false");
  for (const char* empty : {"{} and true", "{} or false", "{} xor true", "{} implies false", "true implies {}",
                            "{} = 1", "1 != {}", "{} > 1", "({} and {})", "@2020 < @2020-05", "@2020 = @2020-05"}) {
    EXPECT_EQ(Eval(empty), "{}") << empty;
  }
  EXPECT_EQ(Eval("false implies {}"), "true");
  EXPECT_EQ(Eval("{} implies true"), "true");
  EXPECT_EQ(Eval("true and 'text'"), "true");
  EXPECT_EQ(Eval("(1 | 2) and true"), "fhirpath.evaluation @ 1:9");
  EXPECT_EQ(Eval("false and (1 | 2)"), "false");  // the left side decides
}

TEST(Logic, EvaluatorHelpers) {
  Evaluator evaluator;
  Context context{.focus = Item::Node(Patient().root())};
  EXPECT_EQ(*evaluator.EvaluateBool(*Compile("active"), context), true);
  EXPECT_EQ(*evaluator.EvaluateBool(*Compile("deceased"), context), std::nullopt);
  EXPECT_EQ(*evaluator.EvaluateBool(*Compile("active.not()"), context), false);
  EXPECT_EQ(*evaluator.EvaluateBool(*Compile("id"), context), true);
  EXPECT_FALSE(evaluator.EvaluateBool(*Compile("name"), context).ok());
  EXPECT_FALSE(*evaluator.Test(*Compile("deceased"), context));
  EXPECT_EQ(*evaluator.EvaluateText(*Compile("birthDate"), context), "1970-03");
  EXPECT_EQ(*evaluator.EvaluateText(*Compile("id & '!'"), context), "p1!");
  EXPECT_EQ(*evaluator.EvaluateText(*Compile("deceased"), context), std::nullopt);
  EXPECT_EQ(*evaluator.EvaluateText(*Compile("gender"), context), std::nullopt);
  EXPECT_FALSE(evaluator.EvaluateText(*Compile("name.given"), context).ok());
  EXPECT_FALSE(evaluator.EvaluateText(*Compile("name.first()"), context).ok());
  EXPECT_EQ(*evaluator.EvaluateBool(Expression(), context), std::nullopt);
}

TEST(Evaluator, ComputedValuesLiveUntilReset) {
  Evaluator evaluator;
  Context context{.focus = Item::Node(Patient().root())};
  std::vector<Item> first;
  std::vector<Item> second;
  ASSERT_TRUE(evaluator.Evaluate(*Compile("id & '-one'"), context, first).ok());
  ASSERT_TRUE(evaluator.Evaluate(*Compile("id & '-two'"), context, second).ok());
  ASSERT_TRUE(evaluator.EvaluateText(*Compile("id & '-three'"), context).ok());
  EXPECT_EQ(TextOf(first), "p1-one");
  EXPECT_EQ(TextOf(second), "p1-two");
  evaluator.Reset();
  ASSERT_TRUE(evaluator.Evaluate(*Compile("id & '-four'"), context, first).ok());
  EXPECT_EQ(TextOf(first), "p1-four");
}

class TestHost : public Host {
 public:
  json::Value Resolve(std::string_view reference) override {
    return reference == "Practitioner/9" ? outside.root() : json::Value{};
  }
  std::optional<bool> MemberOf(std::string_view set, std::string_view system, std::string_view code) override {
    if (set != "http://vs") return std::nullopt;
    return code == "72514-3" && (system.empty() || system == "http://loinc.org");
  }
  std::optional<bool> Subsumes(std::string_view, std::string_view general, std::string_view special) override {
    return special.starts_with(general);
  }
  void Trace(std::string_view name, std::span<const Item> items) override {
    log += std::string(name) + "=" + TextOf(items) + " ";
  }
  void OnStep(std::string_view step, std::string_view where, std::span<const Item> items) override {
    log += std::string(where) + " " + std::string(step) + "=" + TextOf(items) + ", ";
  }
  json::Document outside = Document(R"({"resourceType":"Practitioner","id":"9","gender":"male"})");
  std::string log;
};

TEST(Surroundings, ResolveLooksInsideFirst) {
  TestHost host;
  EXPECT_EQ(P("generalPractitioner.resolve().gender"), "female");
  EXPECT_EQ(Eval("generalPractitioner.resolve().gender", Patient().root(), {.host = &host}), "female; male");
  const auto bundle = Document(R"({"resourceType":"Bundle","entry":[
    {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"a","gender":"other"}},
    {"fullUrl":"http://h/fhir/Observation/1","resource":{"resourceType":"Observation","id":"1","subject":{"reference":"urn:uuid:1"},
      "hasMember":[{"reference":"Observation/2"},{"reference":"http://h/fhir/Observation/2"},{"reference":"Observation/3"}]}},
    {"fullUrl":"http://h/fhir/Observation/2","resource":{"resourceType":"Observation","id":"2","status":"final"}}]})");
  EXPECT_EQ(Eval("entry.resource.ofType(Observation).subject.resolve().gender", bundle.root()), "other");
  EXPECT_EQ(Eval("entry.resource.ofType(Observation).hasMember.resolve().status", bundle.root()), "final; final");
}

TEST(Surroundings, MemberOfAsksTheHost) {
  TestHost host;
  const Context context{.host = &host};
  EXPECT_EQ(Eval("code.memberOf('http://vs')", Score().root(), context), "true");
  EXPECT_EQ(Eval("code.coding.first().code.memberOf('http://vs')", Score().root(), context), "true");
  EXPECT_EQ(Eval("status.memberOf('http://vs')", Score().root(), context), "false");
  EXPECT_EQ(Eval("code.memberOf('http://other')", Score().root(), context), "{}");
  EXPECT_EQ(O("code.memberOf('http://vs')"), "{}");
}

TEST(Surroundings, SubsumesAsksTheHost) {
  TestHost host;
  const Context context{.host = &host};
  const auto codes = Document(R"({"resourceType":"Observation","code":{"coding":[{"system":"s","code":"M54"}]},
    "bodySite":{"coding":[{"system":"s","code":"M54.1"}]},"method":{"coding":[{"system":"t","code":"M54"}]}})");
  EXPECT_EQ(Eval("code.subsumes(bodySite)", codes.root(), context), "true");
  EXPECT_EQ(Eval("code.subsumedBy(bodySite)", codes.root(), context), "false");
  EXPECT_EQ(Eval("code.coding.first().subsumes(code)", codes.root(), context), "true");
  EXPECT_EQ(Eval("code.subsumes(method)", codes.root(), context), "false");
  EXPECT_EQ(Eval("code.subsumes(bodySite)", codes.root()), "{}");
  EXPECT_EQ(Eval("code.subsumes(value)", codes.root(), context), "{}");
}

TEST(Surroundings, TraceAndSteps) {
  TestHost host;
  EXPECT_EQ(Eval("name.given.first().trace('t').upper()", Patient().root(), {.host = &host}), "ANN");
  EXPECT_EQ(host.log, "t=Ann ");
  host.log.clear();
  Context context{.host = &host};
  context.trace_steps = true;
  EXPECT_EQ(Eval("name.given.count() + 1", Patient().root(), context), "5");
  EXPECT_TRUE(host.log.find("1:12 count()=4, 1:20 +=5, ") != std::string::npos) << host.log;
}

TEST(Surroundings, Variables) {
  const Item given[] = {Item::String("x"), Item::String("y")};
  const Variable variables[] = {{"v", given}};
  const Context context{.variables = variables};
  EXPECT_EQ(Eval("%v | %`v` | %'v'", {}, context), "x; y");
  EXPECT_EQ(Eval("%w", {}, context), "fhirpath.unknown @ 1:1");
  EXPECT_EQ(P("name.select(%resource.id | %context.id | %rootResource.id)"), "p1; p1");
  EXPECT_EQ(P("%ucum & %`ext-a` & %`vs-b`"),
            "http://unitsofmeasure.orghttp://hl7.org/fhir/StructureDefinition/ahttp://hl7.org/fhir/ValueSet/b");
  EXPECT_EQ(P("name.defineVariable('n', first()).select(%n.family & given.first())"), "AshAnn; AshAnnie");
  EXPECT_EQ(P("name.select(defineVariable('g', given).select(%g.count()))"), "2; 2");
  EXPECT_EQ(P("defineVariable('a', 1).select(%a) + 1"), "2");
  EXPECT_EQ(P("(defineVariable('a', 1).select(%a)) | %a"), "fhirpath.unknown @ 1:39");
}

TEST(Surroundings, NowIsGiven) {
  Context context;
  EXPECT_EQ(Eval("now()", {}, context), "fhirpath.evaluation @ 1:1");
  context.now = UtcInstant{1'772'704'800'123};
  context.now_offset_s = 3600;
  EXPECT_EQ(Eval("now()", {}, context), "2026-03-05T11:00:00.123+01:00");
  EXPECT_EQ(Eval("today()", {}, context), "2026-03-05");
  EXPECT_EQ(Eval("timeOfDay()", {}, context), "11:00:00.123");
}

TEST(Limits, StepsItemsBytes) {
  const auto run = [](std::string_view expression, EvaluationLimits limits) {
    Context context;
    context.limits = limits;
    return Eval(expression, {}, context);
  };
  EXPECT_EQ(run("1.repeat($this + 1)", {.steps_max = 20'000}).substr(0, 14), "fhirpath.limit");
  EXPECT_EQ(run("'a'.repeat($this & $this)", {.bytes_max = 1U << 20U}).substr(0, 14), "fhirpath.limit");
  EXPECT_EQ(run("1.repeatAll(1 | 2)", {.items_max = 1000}).substr(0, 14), "fhirpath.limit");
  EXPECT_EQ(run("'aaaa'.replace('', 'bbbb').replace('', 'cccc')", {.bytes_max = 50}).substr(0, 14), "fhirpath.limit");
  EXPECT_EQ(run("(1 | 2 | 3).count()", {.steps_max = 100}), "3");
  EXPECT_EQ(run("(1 | 2 | 3).count()", {.steps_max = 5}).substr(0, 14), "fhirpath.limit");
  EXPECT_EQ(run("'abcdefgh'.toChars()", {.items_max = 8}), "a; b; c; d; e; f; g; h");
  EXPECT_EQ(run("'abcdefghi'.toChars()", {.items_max = 8}).substr(0, 14), "fhirpath.limit");
}

TEST(Errors, NeverQuoteTheData) {
  const auto secret = Document(R"({"resourceType":"Patient","name":[{"family":"Secretname"}],"birthDate":"1970"})");
  for (const char* expression :
       {"name.family + 1", "name.single().upper()", "name > 1", "birthDate.matches('(')", "name.family.trace(1)",
        "name.family.round()", "iif(name.family, 1)", "-name.family"}) {
    const auto compiled = Compile(expression, {.strict = false});
    Context context{.focus = Item::Node(secret.root())};
    const auto result = compiled.ok() ? Evaluate(*compiled, context) : Result<Collection>(compiled.error());
    ASSERT_FALSE(result.ok()) << expression;
    EXPECT_EQ(result.error().ToString().find("Secretname"), std::string::npos);
  }
}

}  // namespace
}  // namespace facet::fhirpath
