// Must not compile: text does not turn into a strong type by itself.
// Error: conversion from .std::string. .* to non-scalar type .facet::PatientRef.
// Error: no viable conversion from .std::string. .* to .facet::PatientRef.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::PatientRef patient = std::string("Patient/1");
