"""An operator: the controller of Caches, a custom resource that owns ConfigMaps and rents a bucket."""
