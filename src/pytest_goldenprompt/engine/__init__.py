"""Running: calls ahead of the items that wait for them, with limits, time-outs and retries in one place."""
