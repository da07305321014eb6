# run(step command...) stops with the command's output when it fails; its standard output is left in step_output.
function(run step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${step} failed (${result}):\n${output}\n${errors}")
  endif()
  set(step_output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${work_dir})
set(prefix ${work_dir}/prefix)

run("install" ${CMAKE_COMMAND} --install ${build_dir} --prefix ${prefix})
run("configure the user's project" ${CMAKE_COMMAND} -S ${user_source_dir} -B ${work_dir}/build -G ${generator}
  -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${cxx_compiler} -D CMAKE_CXX_FLAGS=${cxx_flags}
  -D CMAKE_BUILD_TYPE=${build_type} -D headroom_version=${version})
run("build the user's project" ${CMAKE_COMMAND} --build ${work_dir}/build)
run("run the user's program" ${work_dir}/build/user)
if(with_nlp)
  run("run the user's program with Ipopt" ${work_dir}/build/second_opinion)
endif()

run("run the installed program" ${prefix}/bin/headroom --version)
if(NOT step_output MATCHES "headroom ${version}")
  message(FATAL_ERROR "headroom --version says:\n${step_output}")
endif()
