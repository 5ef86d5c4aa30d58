"""Tests against real mail servers, and what they stand on: Dovecot, a wire, a comparison."""
