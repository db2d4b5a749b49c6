"""The plugin: the only room, with hooks.py, that knows pytest."""
