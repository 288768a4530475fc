#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#ifdef __SANITIZE_ADDRESS__
// HDF5 loses some bytes of its own when a disk is full, which a test provokes.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }
#endif
