using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>Where state is kept: section <c>ReleaseTracks:Store</c>.</summary>
public sealed class StoreOptions
{
    public const string Section = "ReleaseTracks:Store";

    /// <summary>StackExchange.Redis connection string; empty means the store embedded in this process.</summary>
    public string? Redis { get; set; }

    /// <summary>Directory of the embedded store, the keys and the last checkpoint.</summary>
    public string DataPath { get; set; } = "data";

    public bool IsEmbedded => string.IsNullOrWhiteSpace(Redis);
}

public sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataPath))
            errors.Add($"{StoreOptions.Section}:DataPath is empty; name a directory this process may write to.");
        if (!options.IsEmbedded && !IsConnectionString(options.Redis!))
        {
            // The value is not repeated: it may hold a password.
            errors.Add($"{StoreOptions.Section}:Redis is not a StackExchange.Redis connection string with at least "
                + "one host, such as \"redis.example:6379,password=…\".");
        }
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
