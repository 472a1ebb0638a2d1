#!/usr/bin/env python3
"""Writes resources of a hospital as NDJSON: generate_resources.py COUNT RELEVANT_PERCENT [SEED] > FILE

RELEVANT_PERCENT of them carry a code that the shipped mappings read (scores, facet procedures, findings, drugs); the
others are what a hospital writes besides: laboratory values, vital signs, encounters, patients, orders, diagnoses.
The same arguments give the same bytes. All people are invented.
"""
import json
import random
import sys

LABS = [("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 60, 180), ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 8, 17),
        ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0, 3), ("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 3, 6),
        ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 3, 15), ("8867-4", "Heart rate", "/min", 50, 130),
        ("8310-5", "Body temperature", "Cel", 35, 40), ("9279-1", "Respiratory rate", "/min", 10, 30), ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", 88, 100)]
DRUGS = [("197361", "amlodipine 5 MG Oral Tablet"), ("314076", "lisinopril 10 MG Oral Tablet"), ("860975", "metformin hydrochloride 500 MG Oral Tablet"),
         ("312961", "simvastatin 20 MG Oral Tablet"), ("198440", "acetaminophen 500 MG Oral Tablet")]
DIAGNOSES = [("I10", "Essential (primary) hypertension"), ("E11.9", "Type 2 diabetes mellitus without complications"), ("J45.909", "Unspecified asthma, uncomplicated"),
             ("N39.0", "Urinary tract infection, site not specified"), ("K21.9", "Gastro-esophageal reflux disease without esophagitis")]
FINDINGS = [("M54.16", "Radiculopathy, lumbar region"), ("M47.816", "Spondylosis without myelopathy, lumbar region"), ("M48.061", "Spinal stenosis, lumbar region"),
            ("G89.4", "Chronic pain syndrome")]
PROCEDURES = [("93000", "Electrocardiogram, complete"), ("36415", "Collection of venous blood by venipuncture"), ("71046", "Radiologic examination, chest; 2 views"),
              ("45378", "Colonoscopy, flexible; diagnostic")]


class Hospital:
    def __init__(self, seed, patients):
        self.random = random.Random(seed)
        self.patients = patients
        self.number = 0
        self.known = 0

    def day(self):
        r = self.random
        return "2026-%02d-%02dT%02d:%02d:%02d+01:00" % (r.randint(1, 10), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59))

    def start(self, kind, profile=None):
        self.number += 1
        meta = {"versionId": str(self.random.randint(1, 3)), "lastUpdated": "2026-11-01T%02d:%02d:%02d.%03d+00:00" % (
            self.random.randint(0, 23), self.random.randint(0, 59), self.random.randint(0, 59), self.random.randint(0, 999)), "source": "#%016x" % self.random.getrandbits(64)}
        if profile:
            meta["profile"] = ["http://hl7.org/fhir/us/core/StructureDefinition/" + profile]
        return {"resourceType": kind, "id": "%s-%08d" % (kind[:3].lower(), self.number), "meta": meta}

    def about(self, out, element="subject"):
        patient = self.random.randrange(self.patients)
        out[element] = {"reference": "Patient/pat-%06d" % patient, "display": "Test, Person %d" % patient}
        return out

    def visit(self, out):
        out["encounter"] = {"reference": "Encounter/enc-%08d" % self.random.randrange(1, 5000000)}
        return out

    @staticmethod
    def concept(system, code, display):
        return {"coding": [{"system": system, "code": code, "display": display}], "text": display}

    def observation(self, code, display, category, value):
        out = self.start("Observation", "us-core-observation-lab" if category == "laboratory" else "us-core-vital-signs")
        out["status"] = "final"
        out["category"] = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category, "display": category.title()}]}]
        out["code"] = self.concept("http://loinc.org", code, display)
        self.visit(self.about(out))
        out["effectiveDateTime"] = self.day()
        out["issued"] = self.day()
        out["performer"] = [{"reference": "Practitioner/pra-%04d" % self.random.randrange(400)}]
        out.update(value)
        return out

    def lab(self):
        code, display, unit, low, high = self.random.choice(LABS)
        out = self.observation(code, display, "laboratory", {"valueQuantity": {"value": round(self.random.uniform(low, high), 2), "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}})
        out["referenceRange"] = [{"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}, "text": "%d - %d %s" % (low, high, unit)}]
        return out

    def pressure(self):
        out = self.observation("85354-9", "Blood pressure panel with all children optional", "vital-signs", {})
        out["component"] = [{"code": self.concept("http://loinc.org", code, display), "valueQuantity": {"value": self.random.randint(60, 160), "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}}
                            for code, display in (("8480-6", "Systolic blood pressure"), ("8462-4", "Diastolic blood pressure"))]
        return out

    def pain(self):
        return self.observation("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", "vital-signs",
                                {"valueQuantity": {"value": self.random.randint(0, 10), "unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}})

    def procedure(self, code, display):
        out = self.start("Procedure", "us-core-procedure")
        out["status"] = "completed"
        out["code"] = self.concept("http://www.ama-assn.org/go/cpt", code, display)
        self.visit(self.about(out))
        start = self.day()
        out["performedPeriod"] = {"start": start, "end": start}
        out["performer"] = [{"actor": {"reference": "Practitioner/pra-%04d" % self.random.randrange(400)}}]
        return out

    def condition(self, code, display):
        out = self.start("Condition", "us-core-condition-problems-health-concerns")
        out["clinicalStatus"] = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
        out["verificationStatus"] = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "confirmed"}]}
        out["category"] = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-category", "code": "problem-list-item"}]}]
        out["code"] = self.concept("http://hl7.org/fhir/sid/icd-10-cm", code, display)
        self.about(out)
        out["onsetDateTime"] = out["recordedDate"] = self.day()
        return out

    def medication(self, kind):
        out = self.start(kind)
        out["status"] = "completed" if kind == "MedicationAdministration" else "active"
        if kind == "MedicationRequest":
            out["intent"] = "order"
        out["medicationCodeableConcept"] = self.concept("http://www.nlm.nih.gov/research/umls/rxnorm", *self.random.choice(DRUGS))
        self.about(out)
        out["effectiveDateTime" if kind == "MedicationAdministration" else "authoredOn"] = self.day()
        out["dosage" if kind == "MedicationAdministration" else "dosageInstruction"] = {"text": "1 tablet"} if kind == "MedicationAdministration" else [{"text": "1 tablet daily", "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}]
        return out

    def encounter(self):
        out = self.start("Encounter", "us-core-encounter")
        out["status"] = "finished"
        out["class"] = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": self.random.choice(["AMB", "AMB", "AMB", "EMER", "IMP"])}
        out["type"] = [self.concept("http://snomed.info/sct", "185345009", "Encounter for symptom")]
        self.about(out)
        start = self.day()
        out["period"] = {"start": start, "end": start}
        out["participant"] = [{"individual": {"reference": "Practitioner/pra-%04d" % self.random.randrange(400), "display": "Dr. Test"}}]
        out["serviceProvider"] = {"reference": "Organization/org-1", "display": "Test Hospital"}
        return out

    def patient(self):
        out = self.start("Patient", "us-core-patient")
        out["id"] = "pat-%06d" % self.known
        self.known += 1
        out["identifier"] = [{"use": "usual", "system": "https://hospital.example/mrn", "value": "T%07d" % self.number}]
        out["active"] = True
        out["name"] = [{"use": "official", "family": "Test", "given": ["Person", str(self.number)]}]
        out["telecom"] = [{"system": "phone", "value": "555-01%02d" % self.random.randrange(100), "use": "home"}]
        out["gender"] = self.random.choice(["male", "female"])
        out["birthDate"] = "19%02d-%02d-%02d" % (self.random.randint(30, 99), self.random.randint(1, 12), self.random.randint(1, 28))
        out["address"] = [{"line": ["1 Test Street"], "city": "Testville", "postalCode": "00000", "country": "US"}]
        return out

    def relevant(self):
        x = self.random.random()
        if x < 0.90:
            return self.pain()
        if x < 0.93:
            return self.procedure("64493", "Injection, paravertebral facet joint, lumbar or sacral; single level")
        if x < 0.99:
            return self.condition(*self.random.choice(FINDINGS))
        return self.procedure("72148", "MRI of the lumbar spine without contrast")

    def other(self):
        x = self.random.random()
        if x < 0.55:
            return self.lab()
        if x < 0.64:
            return self.pressure()
        if x < 0.72:
            return self.encounter()
        if x < 0.74:
            return self.patient()
        if x < 0.82:
            return self.condition(*self.random.choice(DIAGNOSES))
        if x < 0.95:
            return self.medication(self.random.choice(["MedicationRequest", "MedicationAdministration"]))
        return self.procedure(*self.random.choice(PROCEDURES))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    count, percent = int(sys.argv[1]), float(sys.argv[2])
    hospital = Hospital(int(sys.argv[3]) if len(sys.argv) > 3 else 1, max(10, count // 25))
    for _ in range(count):
        one = hospital.relevant() if hospital.random.random() * 100 < percent else hospital.other()
        sys.stdout.write(json.dumps(one, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
