"""What a migration is: values, rules as pure functions, and ports. No I/O."""
