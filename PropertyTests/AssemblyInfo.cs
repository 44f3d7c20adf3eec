// A backend is used by one thread at a time, and some laws measure the whole process: classes run one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
