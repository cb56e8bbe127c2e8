# Where the fuzz targets are. A new file in targets/ is a new target; those of the program's input
# link the part of cli that reads it, those of RocksDB's files what looks into them.
set(FUZZ_FOLDER ${CMAKE_CURRENT_LIST_DIR})
file(GLOB FUZZ_TARGET_SOURCES CONFIGURE_DEPENDS ${FUZZ_FOLDER}/targets/*.cc)
set(FUZZ_CLI_TARGETS history_line import_bookmark table_line)
set(FUZZ_FILE_TARGETS backup_about backup_meta log_file)
set(FUZZ_SERVICE_TARGETS service_request)
set(FUZZ_CLIENT_TARGETS cache_file)
set(FUZZ_TARGETS)
foreach(source ${FUZZ_TARGET_SOURCES})
  get_filename_component(name ${source} NAME_WE)
  list(APPEND FUZZ_TARGETS ${name})
endforeach()
