"""What lies over the points or stands in their place: ellipses, contours, bars."""
