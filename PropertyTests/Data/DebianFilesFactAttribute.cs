using Msr.Core.Data;

namespace PropertyTests.Data;

/// <summary>A fact about Fashion-MNIST, skipped with a reason where Debian's package is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DebianFilesFactAttribute : FactAttribute
{
    public DebianFilesFactAttribute()
    {
        string folder = KnownDataset.FashionMnist.SystemFolder!;
        if (!KnownDataset.FashionMnist.Locate(folder).Missing.IsEmpty)
        {
            Skip = $"{folder} is not there: apt-get install dataset-fashion-mnist";
        }
    }
}
