// Each test has three servers and a database to itself, and measures how soon somebody answers.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
