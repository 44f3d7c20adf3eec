using System.Globalization;
using System.Xml;
using Msr.Conformance.Cases;

namespace Msr.Conformance.Verification;

/// <summary>Reports in the XML that build servers read: a suite for each kind, a test for each case.</summary>
public static class JUnitReport
{
    /// <summary>Writes a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="backend">The backend as the command that repeats a case names it; its own name when left out.</param>
    public static void Write(VerifyReport report, Stream stream, string? backend = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        using XmlWriter xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, CheckCharacters = false });
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", $"msr verify {report.Backend.Name}");
        Counts(xml, report.Cases);
        foreach (IGrouping<string, CaseReport> kind in report.Cases.GroupBy(static done => done.Kind, StringComparer.Ordinal))
        {
            CaseReport[] cases = [.. kind];
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Clean(kind.Key));
            Counts(xml, cases);
            foreach (CaseReport done in cases)
            {
                Case(xml, done, backend ?? report.Backend.Name);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, CaseReport done, string backend)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(done.Kind));
        xml.WriteAttributeString("name", Clean(done.Text));
        xml.WriteAttributeString("time", Seconds(done.Elapsed));
        if (done.Failure is { } failure)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("type", failure.Law);
            xml.WriteAttributeString("message", Clean(failure.Message));
            xml.WriteString(Clean($"{failure.Statement}\n{failure.Text}\n{failure.Command(backend)}\n"));
            xml.WriteEndElement();
        }
        else if (done.Verdict == Verdict.Skipped)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", Clean(done.Reason ?? ""));
            xml.WriteEndElement();
        }
        else if (done.Reason is { } suspicion)
        {
            xml.WriteElementString("system-out", Clean($"suspicious: {suspicion}"));
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, IReadOnlyCollection<CaseReport> cases)
    {
        xml.WriteAttributeString("tests", $"{cases.Count}");
        xml.WriteAttributeString("failures", $"{cases.Count(static done => done.Failed)}");
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", $"{cases.Count(static done => done.Verdict == Verdict.Skipped)}");
        xml.WriteAttributeString("time", Seconds(new TimeSpan(cases.Sum(static done => done.Elapsed.Ticks))));
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>Messages of exceptions may hold characters that XML cannot.</summary>
    private static string Clean(string text) =>
        string.Concat(text.Select(static letter => XmlConvert.IsXmlChar(letter) ? letter : '\uFFFD'));
}
