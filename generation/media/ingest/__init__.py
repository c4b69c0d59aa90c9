"""Files that come from outside: told apart, looked into, transcribed and made into files of ours, in a locked process."""
