using System.Runtime.InteropServices;
using System.Text.Json;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Verification;

/// <summary>
/// Failing cases as files that the author of a kernel can load in any language, in the style of neutral-case/1: a folder for each with
/// <c>case.json</c> and one raw file per tensor, float64 or int32, little-endian, C order, channels last. Roles: <c>input</c>,
/// <c>expected</c>, <c>got</c>, and <c>bound</c> for how far the two may be apart.
/// </summary>
public static class FailingCaseFolder
{
    private const int LongestName = 120;

    /// <summary>Writes the shrunk case of a failure, with the contents on which its law failed.</summary>
    /// <param name="folder">Where the case gets a folder of its own; made if it is not there.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="subject">The backend: the law is checked on it once more.</param>
    /// <returns>The folder of the case.</returns>
    public static string Write(string folder, CaseFailure failure, Subject subject)
    {
        ArgumentNullException.ThrowIfNull(failure);
        ArgumentNullException.ThrowIfNull(subject);
        string name = NameOf(failure), path = Path.Combine(folder, name);
        Directory.CreateDirectory(path);
        List<SavedTensor> tensors = [];
        if (failure.Case is OpCase opCase && Repeat(opCase, failure.Law, subject) is { } run)
        {
            Collect(tensors, run.Case, run.Inputs, run.Options, run.Run, subject);
        }

        foreach (SavedTensor tensor in tensors)
        {
            File.WriteAllBytes(Path.Combine(path, tensor.File), tensor.Bytes);
        }

        File.WriteAllText(Path.Combine(path, "case.txt"), failure.Text + "\n");
        using FileStream stream = File.Create(Path.Combine(path, "case.json"));
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        Describe(json, name, failure, subject, tensors);
        return path;
    }

    private static string NameOf(CaseFailure failure)
    {
        string name = string.Concat(failure.Text.Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '_'));
        return $"{(name.Length > LongestName ? name[..LongestName] : name)}.{failure.Law}";
    }

    /// <summary>The last run of the law; none where the backend throws before one is done.</summary>
    private static (OpCase Case, CaseData Inputs, RunOptions Options, Run Run)? Repeat(OpCase opCase, string name, Subject subject)
    {
        RecordingSubject recording = new(subject);
        if (opCase.Entry.Laws.FirstOrDefault(law => law.Name == name) is { } law)
        {
            LawCheck.Of(law, (OpCase)opCase.Entry.Create(opCase.Descriptor), recording);
        }

        return recording.Last;
    }

    private static void Collect(List<SavedTensor> tensors, OpCase opCase, CaseData inputs, RunOptions options, Run run, Subject subject)
    {
        Truth truth = new(opCase, inputs, subject);
        Judge judge = new(subject);
        foreach (Operand operand in opCase.Operands)
        {
            (string name, Shape shape) = (operand.Name, operand.Shape);
            string result = name == options.Destination ? options.Source! : name;
            bool integers = operand.Memory.ElementType == typeof(int);
            if (operand.Access != OperandAccess.Write)
            {
                tensors.Add(integers ? Of(name, "input", shape, inputs.Integers[name]) : Of(name, "input", shape, inputs.Reals[name]));
            }

            if (operand.Access == OperandAccess.Read)
            {
                continue;
            }

            if (integers)
            {
                tensors.Add(Of(name, "expected", shape, truth.OutputIndices(name)));
                tensors.Add(Of(name, "got", shape, run.Outputs.Integers[result]));
                continue;
            }

            tensors.Add(Of(name, "expected", shape, truth.Output(name)));
            tensors.Add(Of(name, "got", shape, run.Outputs.Reals[result]));
            tensors.Add(Of(name, "bound", shape, judge.TotalBound(opCase, name, truth)));
        }
    }

    private static void Describe(Utf8JsonWriter json, string id, CaseFailure failure, Subject subject, List<SavedTensor> tensors)
    {
        json.WriteStartObject();
        json.WriteString("format", "neutral-case/1");
        json.WriteString("id", id);
        json.WriteString("suite", "msr");
        json.WriteString("op", failure.Case?.Descriptor.Kind ?? failure.Text);
        json.WriteNumber("tier", 1);
        json.WriteStartObject("attrs");
        json.WriteString("text", failure.Text);
        json.WriteString("values", failure.Case is { } drawn ? Cases.CaseDescriptor.Name(drawn.Descriptor.Values) : null);
        json.WriteString("law", failure.Law);
        json.WriteString("statement", failure.Statement);
        json.WriteString("message", failure.Message);
        json.WriteString("backend", subject.Info.Name);
        json.WriteNumber("unit_roundoff", subject.Info.Accuracy.UnitRoundoff);
        json.WriteString("layout", "channels last: activations NHWC, filters KRSC");
        json.WriteStartObject("parameters");
        foreach ((string key, IReadOnlyList<(Cases.Parameter Parameter, int Value)> values) in failure.Case?.Parameters.Groups ?? [])
        {
            Describe(json, key, values);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("tensors");
        foreach (SavedTensor tensor in tensors)
        {
            tensor.Describe(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A number or a name; a list of them where the key has several.</summary>
    private static void Describe(Utf8JsonWriter json, string key, IReadOnlyList<(Cases.Parameter Parameter, int Value)> values)
    {
        json.WritePropertyName(key);
        if (values.Count > 1)
        {
            json.WriteStartArray();
        }

        foreach ((Cases.Parameter parameter, int value) in values)
        {
            string text = parameter.Write(value);
            if (parameter.Names.Length > 0)
            {
                json.WriteStringValue(text);
            }
            else
            {
                json.WriteRawValue(text);
            }
        }

        if (values.Count > 1)
        {
            json.WriteEndArray();
        }
    }

    private static SavedTensor Of<E>(string name, string role, Shape shape, E[] values)
        where E : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            int width = bytes.Length / values.Length;
            for (int i = 0; i < bytes.Length; i += width)
            {
                Array.Reverse(bytes, i, width);
            }
        }

        return new SavedTensor(name, role, typeof(E) == typeof(int) ? "i32" : "f64", shape, bytes);
    }

    private sealed record SavedTensor(string Name, string Role, string ElementType, Shape Shape, byte[] Bytes)
    {
        public string File => $"{Role}.{Name}.bin";

        public void Describe(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("name", Role is "input" or "expected" ? Name : $"{Name}.{Role}");
            json.WriteString("role", Role);
            json.WriteString("dtype", ElementType);
            json.WriteStartArray("shape");
            foreach (int extent in Shape.Extents)
            {
                json.WriteNumberValue(extent);
            }

            json.WriteEndArray();
            json.WriteString("file", File);
            json.WriteNumber("bytes", Bytes.Length);
            json.WriteEndObject();
        }
    }
}

/// <summary>A subject that remembers the last case that was run on it: laws draw contents of their own.</summary>
/// <param name="inner">The backend.</param>
internal sealed class RecordingSubject(Subject inner) : Subject
{
    private readonly Dictionary<int, RecordingSubject?> _threaded = [];

    /// <summary>The last case with what it read and what it left; none before the first.</summary>
    public (OpCase Case, CaseData Inputs, RunOptions Options, Run Run)? Last { get; private set; }

    public override BackendInfo Info => inner.Info;

    public override bool IsOracle => inner.IsOracle;

    public override bool Supports(IOpSource source) => inner.Supports(source);

    public override Accuracy AccuracyOf(IOpSource source) => inner.AccuracyOf(source);

    public override Subject<float> OpenCalibration() => inner.OpenCalibration();

    public override Run Run(IOpSource source, CaseData inputs, RunOptions? options = null)
    {
        Run run = inner.Run(source, inputs, options);
        Last = source is OpCase opCase ? (opCase, inputs, options ?? RunOptions.Default, run) : Last;
        return run;
    }

    public override double Round(double value) => inner.Round(value);

    public override Subject? WithThreads(int threads)
    {
        if (!_threaded.TryGetValue(threads, out RecordingSubject? subject))
        {
            _threaded[threads] = subject = inner.WithThreads(threads) is { } threaded ? new RecordingSubject(threaded) : null;
        }

        return subject;
    }

    public override TResult Visit<TResult>(ISubjectGuest<TResult> guest) => inner.Visit(guest);

    /// <summary>The backend belongs to whoever opened it.</summary>
    protected override void Dispose(bool disposing)
    {
    }
}
