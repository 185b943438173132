"""The napari plugin: reader, sample study, dock widget. Qt and napari are imported here alone."""
