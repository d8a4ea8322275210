"""The pages that people see: rendered on the server, working without script, quicker with it."""
