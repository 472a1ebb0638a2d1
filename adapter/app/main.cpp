#include "adapter/app/cli.hpp"

int main(int argc, char** argv) { return facet::app::Main(argc, argv); }
