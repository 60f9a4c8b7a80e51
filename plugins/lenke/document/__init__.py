"""A dataflow as a document: written from its mapping, and read into a skeleton of one."""
