"""Tables county × class that go into a report as they are."""
