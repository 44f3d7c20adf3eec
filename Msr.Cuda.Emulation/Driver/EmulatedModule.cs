using System.Globalization;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>A loaded module.</summary>
/// <param name="context">The context it is loaded in.</param>
/// <param name="module">Its kernels.</param>
internal sealed class EmulatedModule(PrimaryContext context, PtxModule module) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "module";

    /// <summary>The context it is loaded in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>Its kernels.</summary>
    public PtxModule Module { get; } = module;

    /// <summary>The handles of the kernels that were asked for, by name.</summary>
    public Dictionary<string, nint> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it was unloaded. Graphs may still hold its kernels, and must not run them.</summary>
    public bool IsUnloaded { get; set; }
}

/// <summary>A kernel of a loaded module.</summary>
/// <param name="module">The module.</param>
/// <param name="kernel">The kernel.</param>
internal sealed class EmulatedFunction(EmulatedModule module, PtxKernel kernel) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "function";

    /// <summary>The module.</summary>
    public EmulatedModule Module { get; } = module;

    /// <summary>The kernel.</summary>
    public PtxKernel Kernel { get; } = kernel;
}

/// <summary>Reads a module's text as the driver's compiler would: it refuses what is too new, made for a newer device, or no PTX.</summary>
internal static class PtxLoader
{
    /// <summary>Reads a module.</summary>
    /// <param name="text">The PTX.</param>
    /// <param name="options">The driver's age and the device's capability.</param>
    /// <exception cref="CallFailedException">The driver would refuse it; the message is its log.</exception>
    public static PtxModule Load(string text, EmulationOptions options)
    {
        int version = Number(Directive(text, ".version"), digitsAfterPoint: true);
        int newest = NewestPtx(options.DriverVersion);
        if (version > newest)
        {
            throw CallFailedException.Failure(
                CudaStatus.UnsupportedPtxVersion,
                $"ptxas: unsupported .version {version / 10}.{version % 10}; this driver reads up to {newest / 10}.{newest % 10}.");
        }

        string target = Directive(text, ".target");
        if (!target.StartsWith("sm_", StringComparison.Ordinal)
            || Number(target["sm_".Length..], digitsAfterPoint: false) > options.ComputeCapability)
        {
            throw CallFailedException.Failure(
                CudaStatus.InvalidPtx, $"ptxas: .target {target} is higher than this device, which is sm_{options.ComputeCapability}.");
        }

        try
        {
            return PtxModule.Parse(options.RewritePtx?.Invoke(text) ?? text);
        }
        catch (EmulationException refused)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidPtx, $"ptxas: {refused.Message}", refused);
        }
    }

    /// <summary>The newest PTX, 10 × major + minor, that a driver reads: 9.x with CUDA 13.x, 8.x with 12.x, 7.x with 11.x, 6.3 on with 10.x.</summary>
    /// <param name="driverVersion">1000 × major + 10 × minor.</param>
    public static int NewestPtx(int driverVersion)
    {
        (int major, int minor) = (driverVersion / 1000, driverVersion % 1000 / 10);
        return major >= 11 ? ((major - 4) * 10) + minor : major == 10 ? 63 + minor : 60;
    }

    private static string Directive(string text, string name)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.StartsWith(name, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> rest = trimmed[name.Length..].Trim();
                int end = rest.IndexOfAny(" \t,/");
                return (end < 0 ? rest : rest[..end]).ToString();
            }
        }

        throw CallFailedException.Fault(CudaStatus.InvalidPtx, $"ptxas: the text has no {name} directive.");
    }

    private static int Number(string text, bool digitsAfterPoint)
    {
        if (digitsAfterPoint && text.Split('.') is [var major, var minor]
            && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out int whole)
            && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out int part))
        {
            return (whole * 10) + part;
        }

        return !digitsAfterPoint && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw CallFailedException.Fault(
                CudaStatus.InvalidPtx, $"ptxas: '{text}' is no number of a version or of a target that the emulation knows.");
    }
}
