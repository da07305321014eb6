# SuiteSparse::amd, from a distribution that ships neither a CMake package nor a pkg-config file for it.
find_path(SuiteSparse_INCLUDE_DIR suitesparse/amd.h)
find_library(SuiteSparse_AMD_LIBRARY amd)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SuiteSparse REQUIRED_VARS SuiteSparse_AMD_LIBRARY SuiteSparse_INCLUDE_DIR)
mark_as_advanced(SuiteSparse_INCLUDE_DIR SuiteSparse_AMD_LIBRARY)
if(SuiteSparse_FOUND AND NOT TARGET SuiteSparse::amd)
  add_library(SuiteSparse::amd UNKNOWN IMPORTED)
  set_target_properties(SuiteSparse::amd PROPERTIES
    IMPORTED_LOCATION ${SuiteSparse_AMD_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${SuiteSparse_INCLUDE_DIR})
endif()
