# Where the fuzz targets are. A new file in targets/ is a new target; those of the program's input
# link the part of cli that reads it.
set(FUZZ_FOLDER ${CMAKE_CURRENT_LIST_DIR})
file(GLOB FUZZ_TARGET_SOURCES CONFIGURE_DEPENDS ${FUZZ_FOLDER}/targets/*.cc)
set(FUZZ_CLI_TARGETS history_line table_line)
set(FUZZ_TARGETS)
foreach(source ${FUZZ_TARGET_SOURCES})
  get_filename_component(name ${source} NAME_WE)
  list(APPEND FUZZ_TARGETS ${name})
endforeach()
