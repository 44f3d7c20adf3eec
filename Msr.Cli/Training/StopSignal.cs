using System.Runtime.InteropServices;

namespace Msr.Cli.Training;

/// <summary>Turns Ctrl-C and SIGTERM into a request to stop. The second one ends the process at once, as it would without this.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private volatile int _code;

    public StopSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Ask(context, ExitCode.Interrupted));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Ask(context, ExitCode.Terminated));
    }

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code of the signal that came.</summary>
    public int Code => _code;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Ask(PosixSignalContext context, int code)
    {
        if (_code == 0)
        {
            context.Cancel = true;
            _code = code;
            _source.Cancel();
        }
    }
}
