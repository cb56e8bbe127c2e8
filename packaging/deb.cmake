# Debian packages by `cpack`: the program by itself, the library for who runs with it, and what builds
# against it. The program has the library inside, so that it works whatever else is installed.
set(SWITCHBACK_PACKAGER "Switchback maintainers <maintainers@switchback.invalid>" CACHE STRING
    "Who makes the packages: NAME <ADDRESS>")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME switchback)
set(CPACK_PACKAGE_VENDOR Switchback)
set(CPACK_PACKAGE_CONTACT "${SWITCHBACK_PACKAGER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "versioned store for routing tables")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL library development)
if(SWITCHBACK_PROGRAM)
  list(APPEND CPACK_COMPONENTS_ALL program)
endif()
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME switchback)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION
"Keeps a routing table, which maps business IDs to lists of endpoints, with
every version of every list. Shows what changed between any two versions, and
puts any earlier one back in one atomic commit. This is the program.")

# As Debian names a library: by what programs load.
set(library_package libswitchback${SWITCHBACK_ABI})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/triggers)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# So that packages of programs that load it come to depend on it.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION
"What programs need to run that keep their routing table in Switchback.")

# Users of the shared library need nothing else; those of the static one need what it is made with.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libswitchback-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS
    "cmake, pkg-config, librocksdb-dev, libfmt-dev, libxxhash-dev, libssl-dev, prometheus-cpp-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"What programs are built with that keep their routing table in Switchback:
headers for C++23 and for C, the libraries to link, and files for CMake and pkg-config.")

# What Debian has in a form or a place of its own, and plain installations have not.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(changelog.in changelog @ONLY)
set(packed changelog.gz)
if(SWITCHBACK_PROGRAM)
  # It is for who installs it to start: it needs a user, a store and a configuration.
  install(FILES switchback.service DESTINATION lib/systemd/system COMPONENT program EXCLUDE_FROM_ALL)
  install(FILES grafana.json DESTINATION ${CMAKE_INSTALL_DATADIR}/switchback COMPONENT program
          EXCLUDE_FROM_ALL)
  list(APPEND packed switchback.1.gz)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/switchback.1.gz
          DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program EXCLUDE_FROM_ALL)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/switchback.zsh RENAME _switchback
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
          COMPONENT program EXCLUDE_FROM_ALL)
endif()
foreach(file ${packed})
  string(REPLACE .gz "" plain ${file})
  add_custom_command(OUTPUT ${file} COMMAND gzip -9nc ${plain} > ${file}
                     DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${plain} VERBATIM)
endforeach()
add_custom_target(switchback_packed ALL DEPENDS ${packed})
foreach(component ${CPACK_COMPONENTS_ALL})
  string(TOUPPER ${component} key)
  install(FILES copyright ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${key}_PACKAGE_NAME}
          COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()

include(CPack)
