// Must not compile: a strong type does not turn into text by itself.
// Error: conversion from .facet::PatientRef. .* to non-scalar type .std::string.
// Error: no viable conversion from .facet::PatientRef. .* to .std::string.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

std::string text = facet::PatientRef("Patient/1");
