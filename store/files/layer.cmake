switchback_layer(files SOURCES private_file.cc socket_place.cc USES types)
