# One room, one library: headroom_room(solver sources...) makes target headroom_solver, alias headroom::solver.
# Headers are included from the project root ("solver/packing/packing_problem.hpp").

add_library(headroom_options INTERFACE)
target_compile_features(headroom_options INTERFACE cxx_std_20)
# Results must not depend on whether the compiler fuses a multiply with an add (README, "Same bytes").
target_compile_options(headroom_options INTERFACE -ffp-contract=off)

add_library(headroom_warnings INTERFACE)
# -Wrestrict: g++ 12 reports std::string concatenations that overlap nothing (GCC bug 105651).
target_compile_options(headroom_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${HEADROOM_WARNINGS_AS_ERRORS}>:-Werror>)

# Most of what a source takes to compile is its headers; the debug and thread presets compile each alone. At most eight
# of one folder are compiled together, so that a new source changes the company of no other folder. To be called once
# all sources are known.
function(headroom_compile_together target)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(folder ${source} ABSOLUTE)
    get_filename_component(folder ${folder} DIRECTORY)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
    string(MAKE_C_IDENTIFIER ${folder} group)
    if(NOT DEFINED sources_in_${group})
      set(sources_in_${group} 0)
    endif()
    math(EXPR part "${sources_in_${group}} / 8")
    math(EXPR sources_in_${group} "${sources_in_${group}} + 1")
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP "${group}_${part}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${HEADROOM_UNITY} UNITY_BUILD_MODE GROUP)
endfunction()

# headroom_library(name export sources...): target headroom_<name>, alias headroom::<name>, installed with an export.
function(headroom_library name export)
  add_library(headroom_${name} STATIC ${ARGN})
  add_library(headroom::${name} ALIAS headroom_${name})
  set_target_properties(headroom_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(headroom_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/headroom>)
  target_link_libraries(headroom_${name}
    PUBLIC $<BUILD_INTERFACE:headroom_options> PRIVATE $<BUILD_INTERFACE:headroom_warnings>)
  target_compile_features(headroom_${name} PUBLIC cxx_std_20)
  install(TARGETS headroom_${name} EXPORT ${export} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# headroom_headers(directory [excluded...]): installs the headers of the current directory, those of the excluded
# folders left out, as <directory> of the project root.
function(headroom_headers directory)
  set(excluded)
  foreach(folder ${ARGN})
    list(APPEND excluded PATTERN ${folder} EXCLUDE)
  endforeach()
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/headroom/${directory}
    FILES_MATCHING PATTERN "*.hpp" ${excluded})
endfunction()

function(headroom_room room)
  headroom_library(${room} headroom_targets ${ARGN})
  headroom_headers(${room} cli mpi nlp)
endfunction()

# headroom_kernel(room source...): compiles each source once per instruction set into headroom_<room>; the sources put
# everything into namespace HEADROOM_SIMD_NAMESPACE and the room chooses at run time (solver/lanes/simd_level.hpp).
set(HEADROOM_SIMD_FLAGS_baseline "")
set(HEADROOM_SIMD_FLAGS_avx2 -mavx2 -mfma)
set(HEADROOM_SIMD_FLAGS_avx512 -mavx2 -mfma -mavx512f -mavx512dq -mavx512vl -mprefer-vector-width=512)
function(headroom_kernel room)
  foreach(level baseline avx2 avx512)
    set(objects headroom_${room}_${level})
    add_library(${objects} OBJECT ${ARGN})
    set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${objects} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${objects} PRIVATE headroom_options headroom_warnings)
    # g++ 12 makes fused multiply-addsub of neighbouring numbers in spite of -ffp-contract=off (of one lane, say, but
    # not of eight); the kernels spell their vectors out and lose nothing without that pass.
    target_compile_options(${objects} PRIVATE ${HEADROOM_SIMD_FLAGS_${level}} -O3 -Wno-psabi
      $<$<CXX_COMPILER_ID:GNU>:-fno-tree-slp-vectorize>)
    target_compile_definitions(${objects} PRIVATE HEADROOM_SIMD_NAMESPACE=${level})
    target_sources(headroom_${room} PRIVATE $<TARGET_OBJECTS:${objects}>)
  endforeach()
endfunction()
