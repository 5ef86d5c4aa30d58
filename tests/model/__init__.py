"""Random histories of two mailboxes and a program that moves one into the other, held against a model of both."""
