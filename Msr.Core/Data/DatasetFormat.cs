namespace Msr.Core.Data;

/// <summary>How the files of a data set are laid out.</summary>
public enum DatasetFormat
{
    /// <summary>Four idx files, plain or in gzip: images and labels to train on and to test with. See <see cref="IdxReader"/>.</summary>
    Idx,

    /// <summary>CIFAR-10's binary version: any number of files to train on and one to test with. See <see cref="CifarReader"/>.</summary>
    CifarBinary,
}
