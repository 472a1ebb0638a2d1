// Nothing of its own: compiled so that precompiled.hpp is (CMakeLists.txt).
