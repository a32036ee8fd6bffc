"""Tests of etcd's API over our stores, by real clients and beside a real etcd."""
