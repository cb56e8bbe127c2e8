# The program, with its manual page and its completions, which it prints itself.
set(pages switchback.1 switchback.bash switchback.zsh)
add_custom_command(
  OUTPUT ${pages}
  COMMAND switchback man > switchback.1
  COMMAND switchback completion bash > switchback.bash
  COMMAND switchback completion zsh > switchback.zsh
  DEPENDS switchback VERBATIM)
add_custom_target(switchback_pages ALL DEPENDS ${pages})

install(TARGETS switchback RUNTIME COMPONENT program)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/switchback.bash RENAME switchback
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/switchback.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        COMPONENT unpackaged)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/switchback.zsh RENAME _switchback
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT unpackaged)
