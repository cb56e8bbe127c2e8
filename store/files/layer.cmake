switchback_layer(files SOURCES file_stamp.cc private_file.cc socket_place.cc USES types)
