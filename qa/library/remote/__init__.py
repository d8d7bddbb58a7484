"""A library that an engine keeps, for many machines: Milvus, or Milvus Lite in one process."""
