namespace Msr.Core.Data;

/// <summary>A file of a known data set.</summary>
/// <param name="Name">Its name without folder; on disk it may have the suffix <c>.gz</c>.</param>
/// <param name="Md5">The MD5 sum of its uncompressed content, in lower-case hexadecimal.</param>
public sealed record KnownFile(string Name, string Md5);
