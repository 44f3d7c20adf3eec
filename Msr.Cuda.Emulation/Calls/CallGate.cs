using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Calls;

/// <summary>
/// The edge between native callers and the emulation. Every call passes here, one at a time: it is counted, fails if a failure is injected, and its
/// exceptions become statuses, since no exception may cross a native frame.
/// </summary>
internal sealed class CallGate
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, long> _countOf = new(StringComparer.Ordinal);
    private readonly List<string> _calls = [];
    private readonly List<EmulationFault> _faults = [];
    private readonly List<InjectedFailure> _failures;
    private readonly bool _records;
    private long _count;

    /// <summary>Opens the gate.</summary>
    /// <param name="options">The injected failures, and whether calls are recorded.</param>
    public CallGate(EmulationOptions options) => (_failures, _records) = ([.. options.Failures], options.RecordCalls);

    /// <summary>The driver's status after which every call fails: 0, or that of a kernel which reached outside its memory or failed.</summary>
    public int Sticky { get; private set; }

    /// <summary>Whether a failure is injected into the call under way, which then only releases.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>The number of calls.</summary>
    public long Count => Locked(() => _count);

    /// <summary>The calls in order, where they are recorded.</summary>
    public IReadOnlyList<string> Calls => Locked<IReadOnlyList<string>>(() => [.. _calls]);

    /// <summary>The misuses in order.</summary>
    public IReadOnlyList<EmulationFault> Faults => Locked<IReadOnlyList<EmulationFault>>(() => [.. _faults]);

    /// <summary>The number of calls of a function.</summary>
    /// <param name="export">Its name.</param>
    public long CountOf(string export) => Locked(() => _countOf.GetValueOrDefault(export));

    /// <summary>Lets a later call fail.</summary>
    /// <param name="failure">The failure.</param>
    public void Add(InjectedFailure failure) => Locked(() =>
    {
        _failures.Add(failure);
        return 0;
    });

    /// <summary>Computes something while no call is under way.</summary>
    /// <param name="compute">The computation.</param>
    public TResult Locked<TResult>(Func<TResult> compute)
    {
        lock (_sync)
        {
            return compute();
        }
    }

    /// <summary>Records a misuse that is detected outside of any call, such as overwritten guards at the end.</summary>
    /// <param name="where">The check that detected it.</param>
    /// <param name="cause">The fault.</param>
    public void Report(string where, Exception cause) => Locked(() =>
    {
        _faults.Add(new EmulationFault(where, 0, 0, cause));
        return 0;
    });

    /// <summary>Throws once the device has failed for good.</summary>
    /// <exception cref="CallFailedException">It has.</exception>
    public void ThrowIfSticky()
    {
        if (Sticky != 0)
        {
            throw CallFailedException.Failure(
                Sticky, $"The device has failed: an earlier launch returned {CudaStatus.NameOf(Sticky)}.");
        }
    }

    /// <summary>Makes a call.</summary>
    /// <param name="library">The library of the function.</param>
    /// <param name="export">The function's name.</param>
    /// <param name="body">The function; it returns for success and throws for a failure.</param>
    /// <param name="releases">Whether it releases something, which it does even where a failure is injected.</param>
    /// <returns>The status, of the library's own numbering.</returns>
    public int Run(EmulatedLibrary library, string export, Action body, bool releases)
    {
        lock (_sync)
        {
            long call = ++_count;
            long nth = _countOf[export] = _countOf.GetValueOrDefault(export) + 1;
            if (_records)
            {
                _calls.Add(export);
            }

            int injected = Injected(export, nth, call);
            if (injected != 0 && library.IsDriver)
            {
                Stick(injected);
            }

            IsFailing = injected != 0;
            if (IsFailing && !releases)
            {
                return injected;
            }

            try
            {
                library.ThrowIfUnloaded(export);
                body();
                return injected;
            }
            catch (CallFailedException failure)
            {
                return Failed(library, export, call, failure);
            }
            catch (Exception unexpected)
            {
                // Whatever it is, a native frame lies above.
                _faults.Add(new EmulationFault(export, call, library.UnknownStatus, unexpected));
                return library.UnknownStatus;
            }
        }
    }

    private int Failed(EmulatedLibrary library, string export, long call, CallFailedException failure)
    {
        int status = failure.IsDriverStatus ? library.StatusFor(failure.Status) : failure.Status;
        if (failure.IsDriverStatus)
        {
            Stick(failure.Status);
        }

        if (failure.IsFault)
        {
            _faults.Add(new EmulationFault(export, call, status, failure));
        }

        return status;
    }

    private void Stick(int status)
    {
        if (Sticky == 0 && (status is CudaStatus.IllegalAddress or CudaStatus.MisalignedAddress or CudaStatus.LaunchFailed))
        {
            Sticky = status;
        }
    }

    private int Injected(string export, long nth, long call)
    {
        foreach (InjectedFailure failure in _failures)
        {
            if (failure.Export is null ? failure.NthCall == call : failure.Export == export && failure.NthCall == nth)
            {
                return failure.Status;
            }
        }

        return 0;
    }
}
