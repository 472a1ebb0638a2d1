#include "adapter/mapping/views/output.hpp"

#include "adapter/base/decimal.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>
#include <array>

namespace facet::mapping::views {
namespace {

constexpr std::array<std::string_view, 5> kNumberTypes = {"integer", "decimal", "positiveInt", "unsignedInt",
                                                          "integer64"};

Scalar::Kind DeclaredKind(const Column& column, const Scalar& value) {
  if (value.kind == Scalar::Kind::kNull || value.kind == Scalar::Kind::kComplex || column.type.empty()) {
    return value.kind;
  }
  if (std::find(kNumberTypes.begin(), kNumberTypes.end(), column.type) != kNumberTypes.end()) {
    // Text that is no number stays text: the output is always valid JSON.
    return Decimal::Parse(value.text) ? Scalar::Kind::kNumber : Scalar::Kind::kString;
  }
  if (column.type == "boolean") {
    return value.text == "true" || value.text == "false" ? Scalar::Kind::kBool : Scalar::Kind::kString;
  }
  return Scalar::Kind::kString;
}

void WriteScalar(json::Writer& writer, const Column& column, const Scalar& value) {
  switch (DeclaredKind(column, value)) {
  case Scalar::Kind::kNull:
    writer.Null();
    break;
  case Scalar::Kind::kBool:
    writer.Bool(value.text == "true");
    break;
  case Scalar::Kind::kNumber:
    writer.NumberText(value.text);
    break;
  case Scalar::Kind::kString:
    writer.String(value.text);
    break;
  case Scalar::Kind::kComplex:
    writer.Copy(value.node);
    break;
  }
}

void WriteCell(json::Writer& writer, const Column& column, const Cell& cell) {
  if (!column.collection) return WriteScalar(writer, column, cell.value);
  writer.Array([&] {
    for (const Scalar& item : cell.items) WriteScalar(writer, column, item);
  });
}

// RFC 4180.
void AppendField(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

void AppendHeader(const View& view, Format format, std::string& out) {
  if (format != Format::kCsv) return;
  bool first = true;
  for (const Column& column : view.columns()) {
    if (!first) out += ',';
    first = false;
    AppendField(out, column.name);
  }
  out += '\n';
}

void AppendRow(const View& view, std::span<const Cell> row, Format format, std::string& out) {
  const auto& columns = view.columns();
  if (format == Format::kNdjson) {
    json::Writer writer;
    writer.Object([&] {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        writer.Key(columns[i].name);
        WriteCell(writer, columns[i], row[i]);
      }
    });
    out += std::move(writer).Take();
    out += '\n';
    return;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out += ',';
    const Scalar& value = row[i].value;
    if (!columns[i].collection && value.kind != Scalar::Kind::kComplex) {
      AppendField(out, value.text);
      continue;
    }
    json::Writer writer;
    WriteCell(writer, columns[i], row[i]);
    AppendField(out, writer.text());
  }
  out += '\n';
}

}  // namespace facet::mapping::views
