namespace ReleaseTracks.Server.Flagd;

/// <summary>Section <c>ReleaseTracks:Flagd</c>.</summary>
public sealed class FlagdOptions
{
    public const string Section = "ReleaseTracks:Flagd";

    /// <summary>
    /// Where flagd providers connect, such as <c>http://0.0.0.0:8015</c>. gRPC needs HTTP/2, which a plain-text address
    /// cannot negotiate beside HTTP/1.1, so it gets an address of its own. Empty: none; an https address of the server
    /// itself speaks both.
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary>Null if there is none, or if it is not an address to listen on.</summary>
    public BindingAddress? Binding => Url.Length == 0 ? null : TryParse(Url);

    public bool IsValid => Url.Length == 0 || Binding is { Scheme: "http" or "https", Port: > 0 };

    public static string Rule => $"{Section}:Url must be an address with a port, such as http://0.0.0.0:8015, or empty.";

    private static BindingAddress? TryParse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
