# The package that find_package(headroom) finds: targets headroom::solver, headroom::formulations, headroom::io; and
# headroom::nlp, if it was built and Ipopt is still there.
include(CMakePackageConfigHelpers)

set(headroom_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/headroom)
configure_package_config_file(${PROJECT_SOURCE_DIR}/scripts/cmake/headroomConfig.cmake.in
  ${PROJECT_BINARY_DIR}/headroomConfig.cmake INSTALL_DESTINATION ${headroom_package_dir})
# Before 1.0 a minor release may change interfaces.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/headroomConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(EXPORT headroom_targets NAMESPACE headroom:: FILE headroomTargets.cmake DESTINATION ${headroom_package_dir})
if(TARGET headroom_nlp)
  install(EXPORT headroom_nlp_targets NAMESPACE headroom:: FILE headroomNlpTargets.cmake
    DESTINATION ${headroom_package_dir})
endif()
install(FILES ${PROJECT_BINARY_DIR}/headroomConfig.cmake ${PROJECT_BINARY_DIR}/headroomConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/scripts/cmake/FindSuiteSparse.cmake
  DESTINATION ${headroom_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
