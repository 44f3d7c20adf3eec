using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace PropertyTests.VectorPaths;

/// <summary>A case with its inputs and what it should give.</summary>
internal sealed record PathCase(OpCase Case, CaseData Inputs, Truth Truth, bool Exactly);
