using System.Globalization;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>What <c>backtest</c> was asked to do. Everything wrong with the arguments is collected, not only the first.</summary>
internal sealed class BacktestOptions
{
    public const string Usage = "backtest --objective 0.99 [--margin 1] [--alpha 0.01] [--interval 15s] FILE.csv";

    private BacktestOptions()
    {
    }

    public double Target { get; private set; } = double.NaN;

    public double Margin { get; private set; } = 1;

    public double Alpha { get; private set; } = 0.01;

    public TimeSpan Interval { get; private set; } = TimeSpan.FromSeconds(15);

    public string File { get; private set; } = "";

    public List<string> Problems { get; } = [];

    public Objective Objective => new()
    {
        Id = "backtest",
        Indicator = Indicator.Availability,
        Target = Target,
        Margin = Margin,
        Alpha = Alpha,
    };

    public static BacktestOptions Parse(IReadOnlyList<string> args)
    {
        var options = new BacktestOptions();
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                options.TakeFile(args[i]);
            else if (args[i].Split('=', 2) is [var name, var joined])
                options.Take(name, joined);
            else
                options.Take(args[i], ++i < args.Count ? args[i] : "");
        }
        if (double.IsNaN(options.Target) && options.Problems.Count == 0)
            options.Problems.Add("--objective: is missing; give the target, such as 0.99.");
        if (options.File.Length == 0)
            options.Problems.Add("FILE.csv: is missing; name the recording.");
        return options;
    }

    private void TakeFile(string path)
    {
        if (File.Length > 0)
            Problems.Add($"{path}: is a second file; give one.");
        File = path;
    }

    private void Take(string name, string value)
    {
        switch (name)
        {
            case "--objective":
                Target = Number(name, value, number => number is > 0 and < 1, "a share between 0 and 1, such as 0.99");
                break;
            case "--margin":
                Margin = Number(name, value, number => number is >= 1 and <= 1e6, "a number of at least 1");
                break;
            case "--alpha":
                Alpha = Number(name, value, number => number is > 0 and <= 0.5, "a probability above 0, at most 0.5");
                break;
            case "--interval":
                Interval = Duration(name, value);
                break;
            default:
                Problems.Add($"{name}: is not an option of {Usage}");
                break;
        }
    }

    private double Number(string name, string value, Func<double, bool> allowed, string expected)
    {
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && allowed(number))
            return number;
        Problems.Add($"{name}: '{value}' is not {expected}.");
        return double.NaN;
    }

    private TimeSpan Duration(string name, string value)
    {
        var digits = value.TrimEnd('m', 's', 'h', 'd');
        var seconds = value[digits.Length..] switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => double.NaN,
        };
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count * seconds is >= 0.001 and <= 30 * 86400)
            return TimeSpan.FromSeconds(count * seconds);
        Problems.Add($"{name}: '{value}' is not a duration of at most 30d, such as 15s or 1m.");
        return TimeSpan.FromSeconds(15);
    }
}
