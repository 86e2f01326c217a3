// Each test starts three servers and a database.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
