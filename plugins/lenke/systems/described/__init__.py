"""One client for any system whose REST dialect is described in include/systems/<system>.yaml."""
