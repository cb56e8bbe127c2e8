# The library as it is installed: libswitchback.so for most, libswitchback.a for who links all of it
# into one program. Both are made of the layers' objects, compiled once (store/CMakeLists.txt). Each
# has two names for who links it: switchback::c is the library itself, which asks for no compiler;
# switchback::store is the same for C++.
set(objects "")
foreach(layer ${SWITCHBACK_LAYERS})
  list(APPEND objects $<TARGET_OBJECTS:switchback_${layer}>)
endforeach()

# Before 1.0 any minor release may break the ABI, so that the name to load carries its number.
set(SWITCHBACK_ABI ${PROJECT_VERSION_MAJOR})
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(SWITCHBACK_ABI ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endif()

set(exports ${CMAKE_CURRENT_SOURCE_DIR}/exports.map)
add_library(switchback_shared SHARED ${objects})
set_target_properties(switchback_shared PROPERTIES
  OUTPUT_NAME switchback EXPORT_NAME c LINKER_LANGUAGE CXX LINK_DEPENDS ${exports}
  VERSION ${PROJECT_VERSION} SOVERSION ${SWITCHBACK_ABI}
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
# Symbolic: calls inside the library go straight to their function.
target_link_options(switchback_shared PRIVATE -Wl,--version-script=${exports} -Wl,--no-undefined
                                              -Wl,-Bsymbolic-functions)
target_link_libraries(switchback_shared PRIVATE fmt::fmt OpenSSL::Crypto ${ROCKSDB_LIBRARY} ${XXHASH_LIBRARY})

# Named, not found: where they are is for the embedder's machine to say.
add_library(switchback_static STATIC ${objects})
set_target_properties(switchback_static PROPERTIES
  OUTPUT_NAME switchback EXPORT_NAME c_static LINKER_LANGUAGE CXX
  ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
target_link_libraries(switchback_static PRIVATE fmt::fmt OpenSSL::Crypto rocksdb xxhash)

foreach(library switchback_shared switchback_static)
  target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  add_library(${library}_cxx INTERFACE)
  target_link_libraries(${library}_cxx INTERFACE ${library})
  target_compile_features(${library}_cxx INTERFACE cxx_std_23)
endforeach()
set_target_properties(switchback_shared_cxx PROPERTIES EXPORT_NAME store)
set_target_properties(switchback_static_cxx PROPERTIES EXPORT_NAME store_static)

# What serves a store, and a client of that: archives beside the library, for who wants them alone.
set(components wire client service)
foreach(component ${components})
  set(archive switchback_${component}_archive)
  add_library(${archive} STATIC $<TARGET_OBJECTS:switchback_${component}>)
  set_target_properties(${archive} PROPERTIES
    OUTPUT_NAME switchback_${component} EXPORT_NAME ${component} LINKER_LANGUAGE CXX
    ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
endforeach()
target_sources(switchback_wire_archive PRIVATE $<TARGET_OBJECTS:switchback_files>)  # both need it too
target_link_libraries(switchback_wire_archive PUBLIC switchback_shared_cxx PRIVATE fmt::fmt)
target_link_libraries(switchback_client_archive PUBLIC switchback_wire_archive
                                                PRIVATE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
target_link_libraries(switchback_service_archive PUBLIC switchback_wire_archive
                      PRIVATE OpenSSL::SSL OpenSSL::Crypto prometheus-cpp::core Threads::Threads)

install(TARGETS switchback_shared switchback_shared_cxx EXPORT switchback-shared
        LIBRARY COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS switchback_static switchback_static_cxx EXPORT switchback-static
        ARCHIVE COMPONENT development)
install(TARGETS switchback_wire_archive switchback_client_archive switchback_service_archive
        EXPORT switchback-components ARCHIVE COMPONENT development)
# CMake strips what can be run or loaded; seven eighths of the archive are debug info.
install(CODE "if(CMAKE_INSTALL_DO_STRIP)
  foreach(archive libswitchback libswitchback_wire libswitchback_client libswitchback_service)
    execute_process(COMMAND ${CMAKE_STRIP} --strip-debug
      \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/\${archive}.a
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endif()" COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/store/include/switchback TYPE INCLUDE
        COMPONENT development FILES_MATCHING PATTERN "*.h")

# For find_package(switchback).
include(CMakePackageConfigHelpers)
set(cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/switchback)
set(compatible SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatible SameMinorVersion)
endif()
configure_package_config_file(switchback-config.cmake.in switchback-config.cmake
                              INSTALL_DESTINATION ${cmake_folder})
write_basic_package_version_file(switchback-config-version.cmake COMPATIBILITY ${compatible})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/switchback-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/switchback-config-version.cmake
        DESTINATION ${cmake_folder} COMPONENT development)
foreach(form shared static components)
  install(EXPORT switchback-${form} NAMESPACE switchback:: DESTINATION ${cmake_folder}
          COMPONENT development)
endforeach()

# For pkg-config: relative to where the file lies, so that the tree can be moved.
set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pkgconfig_to_prefix /prefix/${pkgconfig_folder} /prefix)
configure_file(switchback.pc.in switchback.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/switchback.pc DESTINATION ${pkgconfig_folder}
        COMPONENT development)
