"""The tests of MailMove."""
