"""The operations of the service, by botocore's model of it."""
