#include "adapter/fhirpath/units.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

struct Atom {
  std::string_view code;
  std::string_view numerator;
  std::string_view denominator;
  Dimension dimension;  // m s g rad K C cd arbitrary
  bool metric;
};

constexpr Dimension kNone{};
constexpr Dimension kLength{1};
constexpr Dimension kArea{2};
constexpr Dimension kVolume{3};
constexpr Dimension kTime{0, 1};
constexpr Dimension kMass{0, 0, 1};
constexpr Dimension kEnergy{2, -2, 1};
constexpr Dimension kPressure{-1, -2, 1};

// UCUM 2.1, the atoms that occur in clinical measurements.
constexpr Atom kAtoms[] = {
    {"m", "1", "1", kLength, true},
    {"s", "1", "1", kTime, true},
    {"g", "1", "1", kMass, true},
    {"rad", "1", "1", {0, 0, 0, 1}, true},
    {"K", "1", "1", {0, 0, 0, 0, 1}, true},
    {"C", "1", "1", {0, 0, 0, 0, 0, 1}, true},
    {"cd", "1", "1", {0, 0, 0, 0, 0, 0, 1}, true},
    {"%", "1", "100", kNone, false},
    {"[ppth]", "1", "1000", kNone, false},
    {"[ppm]", "1", "1000000", kNone, false},
    {"[ppb]", "1", "1000000000", kNone, false},
    {"[pi]", "3.1415926535897932384626433", "1", kNone, false},
    {"mol", "6.02214076e23", "1", kNone, true},
    {"eq", "6.02214076e23", "1", kNone, true},
    {"osm", "6.02214076e23", "1", kNone, true},
    {"kat", "6.02214076e23", "1", {0, -1}, true},
    {"U", "6.02214076e23", "60000000", {0, -1}, true},
    {"[iU]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 1}, true},
    {"[IU]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 1}, true},
    {"[arb'U]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 2}, false},
    {"[USP'U]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 3}, false},
    {"[pH]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 4}, false},
    {"min", "60", "1", kTime, false},
    {"h", "3600", "1", kTime, false},
    {"d", "86400", "1", kTime, false},
    {"wk", "604800", "1", kTime, false},
    {"mo", "2629800", "1", kTime, false},
    {"mo_j", "2629800", "1", kTime, false},
    {"mo_g", "2629746", "1", kTime, false},
    {"mo_s", "2551442.976", "1", kTime, false},
    {"a", "31557600", "1", kTime, false},
    {"a_j", "31557600", "1", kTime, false},
    {"a_g", "31556952", "1", kTime, false},
    {"Hz", "1", "1", {0, -1}, true},
    {"N", "1000", "1", {1, -2, 1}, true},
    {"J", "1000", "1", kEnergy, true},
    {"W", "1000", "1", {2, -3, 1}, true},
    {"Pa", "1000", "1", kPressure, true},
    {"bar", "100000000", "1", kPressure, true},
    {"atm", "101325000", "1", kPressure, false},
    {"m[Hg]", "133322000", "1", kPressure, true},
    {"m[H2O]", "9806650", "1", kPressure, true},
    {"A", "1", "1", {0, -1, 0, 0, 0, 1}, true},
    {"V", "1000", "1", {2, -2, 1, 0, 0, -1}, true},
    {"Ohm", "1000", "1", {2, -1, 1, 0, 0, -2}, true},
    {"S", "1", "1000", {-2, 1, -1, 0, 0, 2}, true},
    {"F", "1", "1000", {-2, 2, -1, 0, 0, 2}, true},
    {"T", "1000", "1", {0, -1, 1, 0, 0, -1}, true},
    {"Bq", "1", "1", {0, -1}, true},
    {"Gy", "1", "1", {2, -2}, true},
    {"Sv", "1", "1", {2, -2}, true},
    {"lm", "1", "1", {0, 0, 0, 2, 0, 0, 1}, true},
    {"lx", "1", "1", {-2, 0, 0, 2, 0, 0, 1}, true},
    {"l", "0.001", "1", kVolume, true},
    {"L", "0.001", "1", kVolume, true},
    {"ar", "100", "1", kArea, true},
    {"t", "1000000", "1", kMass, true},
    {"deg", "3.1415926535897932384626433", "180", {0, 0, 0, 1}, false},
    {"'", "3.1415926535897932384626433", "10800", {0, 0, 0, 1}, false},
    {"''", "3.1415926535897932384626433", "648000", {0, 0, 0, 1}, false},
    {"cal", "4184", "1", kEnergy, true},
    {"[Cal]", "4184000", "1", kEnergy, false},
    {"[in_i]", "0.0254", "1", kLength, false},
    {"[in_us]", "100", "3937", kLength, false},
    {"[ft_i]", "0.3048", "1", kLength, false},
    {"[yd_i]", "0.9144", "1", kLength, false},
    {"[mi_i]", "1609.344", "1", kLength, false},
    {"[sin_i]", "0.00064516", "1", kArea, false},
    {"[lb_av]", "453.59237", "1", kMass, false},
    {"[oz_av]", "28.349523125", "1", kMass, false},
    {"[gr]", "0.06479891", "1", kMass, false},
    {"[stone_av]", "6350.29318", "1", kMass, false},
    {"[gal_us]", "0.003785411784", "1", kVolume, false},
    {"[qt_us]", "0.000946352946", "1", kVolume, false},
    {"[pt_us]", "0.000473176473", "1", kVolume, false},
    {"[cup_us]", "0.0002365882365", "1", kVolume, false},
    {"[foz_us]", "0.0000295735295625", "1", kVolume, false},
    {"[tbs_us]", "0.00001478676478125", "1", kVolume, false},
    {"[tsp_us]", "0.00000492892159375", "1", kVolume, false},
    {"[drp]", "0.00000005", "1", kVolume, false},
    {"[psi]", "6894757.293168", "1", kPressure, false},
    {"B[SPL]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 5}, true},
};

struct Prefix {
  std::string_view code;
  int exponent;
};
constexpr Prefix kPrefixes[] = {{"da", 1},  {"k", 3},  {"m", -3}, {"c", -2},  {"d", -1},
                                {"h", 2},   {"u", -6}, {"n", -9}, {"p", -12}, {"f", -15},
                                {"a", -18}, {"M", 6},  {"G", 9},  {"T", 12},  {"P", 15}};

struct CalendarUnit {
  std::string_view singular;
  std::string_view plural;
  std::string_view ucum;  // that it equals; "" for those that UCUM only has as averages
  std::int64_t months;
};
constexpr CalendarUnit kCalendarUnits[] = {{"year", "years", "", 12},     {"month", "months", "", 1},
                                           {"week", "weeks", "wk", 0},    {"day", "days", "d", 0},
                                           {"hour", "hours", "h", 0},     {"minute", "minutes", "min", 0},
                                           {"second", "seconds", "s", 0}, {"millisecond", "milliseconds", "ms", 0}};

const CalendarUnit* FindCalendarUnit(std::string_view word) {
  for (const CalendarUnit& unit : kCalendarUnits) {
    if (unit.singular == word || unit.plural == word) return &unit;
  }
  return nullptr;
}

const Atom* FindAtom(std::string_view code) {
  const auto* found =
      std::find_if(std::begin(kAtoms), std::end(kAtoms), [code](const Atom& a) { return a.code == code; });
  return found == std::end(kAtoms) ? nullptr : found;
}

bool MultiplyInto(Decimal& into, const Decimal& by) {
  const auto product = Decimal::Multiply(into, by);
  if (!product) return false;
  into = product->Normalized();
  return true;
}

bool MultiplyByPowerOfTen(Unit& unit, int exponent) {
  Decimal ten = 1;
  for (int i = 0; i < (exponent < 0 ? -exponent : exponent); ++i) {
    if (!MultiplyInto(ten, 10)) return false;
  }
  return MultiplyInto(exponent < 0 ? unit.denominator : unit.numerator, ten);
}

bool Combine(Unit& into, const Unit& by, int power) {
  const bool inverse = power < 0;
  for (int i = 0; i < (inverse ? -power : power); ++i) {
    if (!MultiplyInto(into.numerator, inverse ? by.denominator : by.numerator)) return false;
    if (!MultiplyInto(into.denominator, inverse ? by.numerator : by.denominator)) return false;
  }
  for (std::size_t d = 0; d < kDimensions; ++d) {
    const int sum = into.dimension[d] + by.dimension[d] * power;
    if (sum > 100 || sum < -100) return false;
    into.dimension[d] = static_cast<std::int8_t>(sum);
  }
  return true;
}

std::optional<Unit> UnitOfAtom(std::string_view code) {
  const auto make = [](const Atom& atom, int exponent) -> std::optional<Unit> {
    Unit unit;
    unit.numerator = Decimal::Parse(atom.numerator).value_or(0);
    unit.denominator = Decimal::Parse(atom.denominator).value_or(1);
    unit.dimension = atom.dimension;
    if (!MultiplyByPowerOfTen(unit, exponent)) return std::nullopt;
    return unit;
  };
  if (const Atom* atom = FindAtom(code)) return make(*atom, 0);
  for (const Prefix& prefix : kPrefixes) {
    if (!code.starts_with(prefix.code)) continue;
    const Atom* atom = FindAtom(code.substr(prefix.code.size()));
    if (atom != nullptr && atom->metric) return make(*atom, prefix.exponent);
  }
  return std::nullopt;
}

// unit := ['/'] component { ('.'|'/') component }; component := '(' unit ')' | atom [exponent] | number | {annotation}
class UnitParser {
 public:
  explicit UnitParser(std::string_view text) : text_(text) {}

  std::optional<Unit> Run() {
    Unit unit;
    if (!Term(unit, 0) || at_ != text_.size()) return std::nullopt;
    return unit;
  }

 private:
  static constexpr int kDepthMax = 8;

  bool At(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  bool Term(Unit& out, int depth) {
    if (depth > kDepthMax) return false;
    int power = 1;
    if (At('/')) power = -1, ++at_;
    while (true) {
      Unit component;
      if (!Component(component, depth) || !Combine(out, component, power)) return false;
      if (!At('.') && !At('/')) return true;
      power = At('/') ? -1 : 1;
      ++at_;
    }
  }

  bool Component(Unit& out, int depth) {
    if (At('(')) {
      ++at_;
      if (!Term(out, depth + 1) || !At(')')) return false;
      ++at_;
      return true;
    }
    if (At('{')) return Annotation();
    if (Digit()) return Factor(out);
    return Simple(out);
  }

  bool Annotation() {
    const std::size_t close = text_.find('}', at_);
    if (close == std::string_view::npos) return false;
    at_ = close + 1;
    return true;
  }

  bool Factor(Unit& out) {
    const std::size_t begin = at_;
    while (Digit()) ++at_;
    if (text_.substr(begin, at_ - begin) == "10" && (At('*') || At('^'))) {  // 10*3
      ++at_;
      int exponent = 1;
      return Exponent(exponent) && MultiplyByPowerOfTen(out, exponent);
    }
    const auto number = Decimal::Parse(text_.substr(begin, at_ - begin));
    if (!number || number->zero()) return false;
    out.numerator = *number;
    return !At('{') || Annotation();
  }

  bool Exponent(int& exponent) {
    const bool negative = At('-');
    if (At('-') || At('+')) ++at_;
    if (!Digit()) return false;
    int value = 0;
    while (Digit() && value < 100) value = value * 10 + (text_[at_++] - '0');
    exponent = negative ? -value : value;
    return value < 30;
  }

  bool Simple(Unit& out) {
    const std::size_t begin = at_;
    bool in_bracket = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '[') in_bracket = true;
      if (!in_bracket && ((c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-' || c == '+' || c == '(' ||
                          c == ')' || c == '{')) {
        break;
      }
      if (c == ']') in_bracket = false;
      ++at_;
    }
    const std::string_view code = text_.substr(begin, at_ - begin);
    const auto atom = UnitOfAtom(code);
    int exponent = 1;
    if (!atom || ((Digit() || At('-') || At('+')) && !Exponent(exponent))) return false;
    if (!Combine(out, *atom, exponent)) return false;
    return !At('{') || Annotation();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<Unit> DegreesOf(std::string_view code) {
  Unit unit;
  unit.dimension = {0, 0, 0, 0, 1};
  if (code == "Cel") {
    unit.offset = Decimal::FromParts(27315, 2);
    return unit;
  }
  if (code == "[degF]") {
    unit.offset = Decimal::FromParts(45967, 2);
    unit.numerator = 5;
    unit.denominator = 9;
    return unit;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Unit> ParseUnit(std::string_view ucum) {
  if (ucum == "1") return Unit{};
  if (ucum.empty() || ucum.size() > 64) return std::nullopt;
  if (auto degrees = DegreesOf(ucum)) return degrees;
  return UnitParser(ucum).Run();
}

std::string_view CalendarUnitOf(std::string_view word) {
  const CalendarUnit* unit = FindCalendarUnit(word);
  return unit == nullptr ? std::string_view{} : unit->singular;
}

std::optional<CalendarDuration> DurationOf(const QuantityValue& quantity) {
  const CalendarUnit* calendar = FindCalendarUnit(quantity.unit);
  if (calendar != nullptr && calendar->months != 0) {
    const auto count = quantity.value.Truncated().ToInt64();
    if (!count || *count > 1'000'000 || *count < -1'000'000) return std::nullopt;
    return CalendarDuration{*count * calendar->months, 0};
  }
  const std::string_view code = calendar != nullptr ? calendar->ucum : quantity.unit;
  if (code == "a" || code == "mo") return std::nullopt;
  const auto unit = ParseUnit(code);
  if (!unit || unit->dimension != kTime) return std::nullopt;
  // Only seconds and shorter keep their fraction (FHIRPath N1 §6.6.7).
  const bool whole = Decimal::Divide(unit->numerator, unit->denominator, 0).value_or(0) > Decimal(1);
  const Decimal value = whole ? quantity.value.Truncated() : quantity.value;
  const auto seconds = Decimal::Multiply(value, unit->numerator);
  const auto scaled = seconds ? Decimal::Multiply(*seconds, 1'000'000) : std::nullopt;
  const auto us = scaled ? Decimal::Divide(*scaled, unit->denominator, 0) : std::nullopt;
  const auto count = us ? us->ToInt64() : std::nullopt;
  if (!count) return std::nullopt;
  return CalendarDuration{0, *count};
}

}  // namespace facet::fhirpath
