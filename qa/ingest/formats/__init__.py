"""One small module per family of file formats, each a function from bytes to a Draft."""
