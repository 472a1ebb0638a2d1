package org.facetadapter.testbed;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import ca.uhn.fhir.validation.ValidationResult;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.slf4j.LoggerFactory;

/**
 * Validates resources without a network: {@code validate [-d DIR]... [-p PROFILE]... FILE...}
 *
 * <ul>
 *   <li>-d: a directory of conformance resources (StructureDefinition, ValueSet, CodeSystem), searched to the bottom
 *   <li>-p: a profile that every resource has to meet besides those it names itself
 *   <li>FILE: one resource as JSON, or one a line when its name ends in .ndjson
 * </ul>
 *
 * One line a finding and one a resource. Exit status: 0 all valid, 1 any error, 2 usage.
 *
 * <p>Starting costs seconds, a further resource milliseconds: pass many at once.
 */
final class Validate {
  private static final Set<String> CONFORMANCE = Set.of("StructureDefinition", "ValueSet", "CodeSystem");

  private final FhirContext fhir = FhirContext.forR4Cached();
  private final PrePopulatedValidationSupport own = new PrePopulatedValidationSupport(fhir);
  private final ValidationOptions options = new ValidationOptions();
  private final List<Path> files = new ArrayList<>();
  // Not System.out: its charset is the locale's, and a bare system's locale is ASCII.
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private Validate() {}

  static int run(List<String> arguments) {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    Validate validate = new Validate();
    try {
      validate.read(arguments);
      return validate.all() == 0 ? 0 : 1;
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("validate: " + (e instanceof IOException ? e : e.getMessage()));
      return 2;
    }
  }

  private void read(List<String> arguments) throws IOException {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-")) {
        files.add(Path.of(argument));
      } else if (i + 1 < arguments.size() && argument.equals("-d")) {
        load(Path.of(arguments.get(++i)));
      } else if (i + 1 < arguments.size() && argument.equals("-p")) {
        options.addProfile(arguments.get(++i));
      } else {
        throw new IllegalArgumentException("unknown or incomplete option " + argument);
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("expected [-d DIR]... [-p PROFILE]... FILE...");
    }
    for (String profile : options.getProfiles()) {
      if (own.fetchStructureDefinition(profile) == null
          && new DefaultProfileValidationSupport(fhir).fetchStructureDefinition(profile) == null) {
        throw new IllegalArgumentException("no StructureDefinition with the url " + profile + " under any -d");
      }
    }
  }

  /** Strict: a misspelt element in a profile would otherwise be skipped, and the profile would demand less. */
  private void load(Path directory) throws IOException {
    IParser parser = fhir.newJsonParser().setParserErrorHandler(new StrictErrorHandler());
    ObjectMapper json = new ObjectMapper();
    List<Path> found;
    try (Stream<Path> walk = Files.walk(directory)) {
      found = walk.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
    for (Path path : found) {
      String text = Files.readString(path);
      try {
        // Other types are no R4 resources at all (ViewDefinition): the type is read before HAPI parses.
        if (CONFORMANCE.contains(json.readTree(text).path("resourceType").asText())) {
          own.addResource(parser.parseResource(text));
        }
      } catch (JsonProcessingException | RuntimeException e) {
        throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
      }
    }
  }

  private int all() throws IOException {
    FhirInstanceValidator module =
        new FhirInstanceValidator(
            new ValidationSupportChain(
                new DefaultProfileValidationSupport(fhir),
                own,
                new SnapshotGeneratingValidationSupport(fhir),
                new CommonCodeSystemsTerminologyService(fhir),
                new InMemoryTerminologyServerValidationSupport(fhir)));
    module.setAnyExtensionsAllowed(true);
    module.setErrorForUnknownProfiles(true);
    FhirValidator validator = fhir.newValidator().registerValidatorModule(module);

    int errors = 0;
    for (Path file : files) {
      if (!file.toString().endsWith(".ndjson")) {
        errors += one(validator, file.toString(), Files.readString(file));
        continue;
      }
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        if (!line.isBlank()) {
          errors += one(validator, file + ":" + number, line);
        }
      }
    }
    return errors;
  }

  private int one(FhirValidator validator, String name, String text) {
    ValidationResult result = validator.validateWithResult(text, options);
    int errors = 0;
    for (SingleValidationMessage m : result.getMessages()) {
      if (m.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0) {
        errors++;
      }
      out.println(name + ": " + m.getSeverity().getCode() + ": " + m.getLocationString() + ": " + m.getMessage());
    }
    out.println(name + ": " + (errors == 0 ? "valid" : errors + " errors"));
    return errors;
  }
}
