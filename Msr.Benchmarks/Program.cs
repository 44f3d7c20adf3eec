using BenchmarkDotNet.Running;
using Msr.Benchmarks;

// Within this process: another would have to be built first, and these rules of building are not for generated projects.
BenchmarkSwitcher.FromAssembly(typeof(Workspace).Assembly).Run([.. args.Where(static argument => argument != "--inProcess"), "--inProcess"]);
